use super::*;
use crate::source::{MemoryFiles, Sources};

fn read(text: &str) -> Justfile {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    Justfile::read(&sources.add("justfile", text).body())
}

fn shown(expr: &Expr) -> String {
    match expr {
        Expr::Literal(text) => format!("'{}'", text.as_str()),
        Expr::Name(name) => name.as_str().to_owned(),
        Expr::Joined(parts) => parts.iter().map(shown).collect::<Vec<_>>().join("+"),
        Expr::Env(name, default) => {
            format!(
                "${}:{}",
                name.as_str(),
                default.as_ref().map_or_else(String::new, |d| shown(d))
            )
        }
        Expr::Unknown => "?".to_owned(),
    }
}

#[test]
fn variables_and_their_expressions() {
    let just = read(
        "# x\nset dotenv-load := true\na := 'b.yml'\nexport COMPOSE_FILE := \"local.yml\" # y\nc := a + '.yml'\nd := env_var_or_default('E', 'f') / \"g\"\nh := `ls`\ni := if a == 'b' { 'c' } else { 'd' }\nj := ('k' + (a))\nalias b := up\nl := \"a\\n\"\nm := env('N')\n",
    );
    let all: Vec<String> = just
        .variables
        .iter()
        .map(|v| {
            format!("{}{}={}", if v.exported { "!" } else { "" }, v.name.as_str(), shown(&v.value))
        })
        .collect();
    assert_eq!(
        all,
        [
            "a='b.yml'",
            "!COMPOSE_FILE='local.yml'",
            "c=a+'.yml'",
            "d=$E:'f'+'/'+'g'",
            "h=?",
            "i=?",
            "j='k'+a",
            "l=?",
            "m=$N:"
        ]
    );
}

#[test]
fn recipes_with_parameters_and_bodies() {
    let just = read(
        "up env *args: (build env)\n    @docker compose up {{ env }} \\\n      {{ args }}\n\n    -echo done\n[private]\n@build $env='dev' +more=\"x\":\n\t#!/bin/sh\n\techo a\n\techo b\n# end\ndown:\n",
    );
    let all: Vec<String> = just
        .recipes
        .iter()
        .map(|r| {
            let parameters: Vec<String> = r
                .parameters
                .iter()
                .map(|p| {
                    let mark =
                        p.variadic.map_or("", |v| if v == Variadic::Any { "*" } else { "+" });
                    let default = p.default.as_ref().map_or_else(String::new, shown);
                    format!("{mark}{}{default}", p.name.as_str())
                })
                .collect();
            let lines: Vec<&str> = r.lines.iter().map(|l| l.as_str()).collect();
            format!("{}({}): {}", r.name.as_str(), parameters.join(","), lines.join(" | "))
        })
        .collect();
    assert_eq!(
        all,
        [
            "up(env,*args): docker compose up {{ env }} \\\n{{ args }} | echo done",
            "build(env'dev',+more'x'): #!/bin/sh\necho a\necho b",
            "down(): "
        ]
    );
}

#[test]
fn any_bytes_can_be_read() {
    for text in [
        "",
        ":",
        "a",
        "a :=",
        "a := '",
        "a := (((",
        "a b",
        "a:\n  x \\",
        "가:\n",
        "@",
        "a := f(",
        "a='",
    ] {
        read(text);
    }
    let deep = format!("a := {}", "(".repeat(1000));
    read(&deep);
    let text = "a := '가'\n";
    let just = read(text);
    let Expr::Literal(value) = &just.variables[0].value else { panic!("a literal") };
    assert_eq!(&text[value.span().range()], "가");
}
