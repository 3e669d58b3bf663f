//! Control characters, which a terminal would obey.

use super::*;

/// H50: no control character of the input reaches the output, whatever it stands in.
#[test]
fn h50_control_characters_stay_inside() {
    for control in CONTROLS {
        let folder = Folder::with_neighbour();
        let escaped: String = control.chars().map(|c| format!("\\U{:08x}", c as u32)).collect();
        folder.write(
            "compose.yaml",
            format!(
                "version: \"3{escaped}\"\nservices:\n  \"web{escaped}\":\n    build: {{context: ., dockerfile: \"Docker{escaped}\"}}\n    command: \"python manage.py runserver{escaped}\"\n    env_file: \"x{escaped}.env\"\n  raw: # {control}\n    image: \"raw{control}\"\n    depends_on: [\"no{escaped}\"]\n    command: {control}\n  django:\n    build: .\n    command: gunicorn \"config.wsgi{control}\" --bind 0.0.0.0:8000\n"
            ),
        );
        folder.write("Dockerfile", format!("FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django{control}\n# {control}\nBAD{control} x\nENV DJANGO_SETTINGS_MODULE=settings SECRET_KEY=\"a{control}\"\n"));
        folder.write(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
        );
        folder.write("settings.py", format!("DEBUG = True\nSECRET_KEY = 'x{control}y'\nINSTALLED_APPS = ['django.contrib.sessions']\nDATABASES = {{'default': {{'ENGINE': 'django.db.backends.postgresql', 'HOST': 'nodb{control}', 'PASSWORD': 'p{control}'}}}}\nSTATIC_ROOT = '/s{control}'\nx = = '{control}'\n"));
        #[cfg(unix)]
        folder.write(
            &format!("n{control}/compose{control}.yaml", control = control.replace('/', "")),
            NEIGHBOUR,
        );
        #[cfg(unix)]
        folder.write(&format!("n{}/compose.yaml", control.replace('/', "")), NEIGHBOUR);
        for run in folder.check() {
            let raw = raw_controls(&run.all());
            assert!(raw.is_empty(), "{control:?}: {raw:?} in\n{}", run.all().escape_debug());
            assert!(
                run.status == 1 && run.all().contains(STILL_CHECKED),
                "{control:?}:\n{}",
                run.all()
            );
        }
        let coloured = folder.run(&["check", "--color", "always", "--min-confidence", "low"]).all();
        // Our own colours are `ESC [ numbers m`, and nothing else begins with ESC.
        let mut rest = String::new();
        for (index, part) in coloured.split("\u{1b}[").enumerate() {
            let own = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
            assert!(
                index == 0 || own.starts_with('m'),
                "{control:?}: {:?}",
                part.chars().take(20).collect::<String>()
            );
            rest.push_str(own);
        }
        assert!(raw_controls(&rest).is_empty(), "{control:?}: {:?}", raw_controls(&rest));
    }
}

/// H50, on the command line: what is wrong with an argument is said without its control characters.
#[test]
fn h50_control_characters_in_arguments() {
    let folder = Folder::with_neighbour();
    let mut wrong = Vec::new();
    for control in CONTROLS {
        let name = format!("x{control}");
        for args in [
            &["explain", &name][..],
            &["check", &name],
            &["check", "--select", &name],
            &["check", "--ignore", &name],
            &["check", "--output-format", &name],
            &["check", &format!("--{name}")],
            &[&name],
        ] {
            let run = folder.run(&[args, &["--color", "never"]].concat());
            if run.status != 2 || !raw_controls(&run.all()).is_empty() {
                wrong.push(format!("{args:?}: status {}, {:?}", run.status, run.all()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} calls:\n{}", wrong.len(), wrong.join("\n"));
}
