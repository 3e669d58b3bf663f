# An image with the program and nothing else: no shell, no libraries, no package manager.
#
#   docker build -t compose-doctor .
#   docker run --rm --network none --read-only -v "$PWD:/work:ro" compose-doctor check .

FROM rust:1.95-alpine AS build
# The linker's start files of musl; everything else comes with Rust.
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
# On Alpine the default target is musl, and what is built for it is linked statically.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked && cp target/dist/compose-doctor /compose-doctor

FROM scratch
COPY --from=build /compose-doctor /compose-doctor
COPY LICENSE-APACHE LICENSE-MIT /
# Nobody's number: it reads what everyone may read. `--user "$(id -u)"` reads what you may read.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/compose-doctor"]
CMD ["check", "."]
