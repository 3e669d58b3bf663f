/tmp/lab/wt/surface/xtask/target/debug/deps/xtask-f91aaf2775ef5cc7.d: src/main.rs src/new_rule.rs src/steps.rs src/../templates/page.md src/../templates/rule.rs src/../templates/cases.md

/tmp/lab/wt/surface/xtask/target/debug/deps/xtask-f91aaf2775ef5cc7: src/main.rs src/new_rule.rs src/steps.rs src/../templates/page.md src/../templates/rule.rs src/../templates/cases.md

src/main.rs:
src/new_rule.rs:
src/steps.rs:
src/../templates/page.md:
src/../templates/rule.rs:
src/../templates/cases.md:

# env-dep:CARGO_MANIFEST_DIR=/tmp/lab/wt/surface/xtask
