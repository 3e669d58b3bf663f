"""Fills in what CPython and Django get from the modules of cases.txt: python answer.py cases.txt

Needs Django, django-environ, environs, python-decouple, python-dotenv, dj-database-url, django-split-settings,
django-configurations, pydantic-settings, PyYAML. Each module is loaded by a process of its own in a folder of its own,
in /app, with no variables but those of the case.
"""
import json, os, re, shutil, subprocess, sys

RUN = r'''
import datetime, importlib, json, os, pathlib, re, sys, traceback
home = os.getcwd()
sys.path.insert(0, home)
module, name = sys.argv[1], sys.argv[2]
os.environ["DJANGO_SETTINGS_MODULE"] = module
def plain(v):
    if isinstance(v, str): return str(v).replace(home, "/app")
    if v is None or isinstance(v, (bool, int, float)): return v
    if isinstance(v, pathlib.PurePath) or type(v).__name__ == "Path": return str(v).replace(home, "/app")
    if isinstance(v, datetime.timedelta): return "<timedelta>"
    if isinstance(v, (set, frozenset)): return {"<set>": sorted((plain(i) for i in v), key=str)}
    if isinstance(v, (list, tuple)): return [plain(i) for i in v]
    if isinstance(v, dict): return {str(k): plain(i) for k, i in v.items()}
    if type(v).__name__ == "__proxy__": return v._args[0]
    return "<object>"
try:
    if name != "-":
        os.environ["DJANGO_CONFIGURATION"] = name
        from configurations import importer
        importer.install()
    loaded = importlib.import_module(module)
    names = [n for n in dir(loaded) if n.isupper()]
    if name != "-":
        from django.conf import global_settings
        names = [n for n in names if not hasattr(global_settings, n) or getattr(loaded, n) != getattr(global_settings, n)]
    print("ANSWER" + json.dumps({n: plain(getattr(loaded, n)) for n in names}))
except BaseException as e:
    at = [f for f in traceback.extract_tb(e.__traceback__) if f.filename.startswith(home + "/")]
    at = f"{os.path.relpath(at[-1].filename, home)}:{at[-1].lineno}" if at else None
    print("ANSWER" + json.dumps({"fails": type(e).__name__, "at": at}))
'''

def answer(case):
    home = "/app"
    os.makedirs(home)
    try:
        for path, text in case["files"]:
            os.makedirs(os.path.dirname(f"{home}/{path}"), exist_ok=True)
            open(f"{home}/{path}", "w").write(text)
        env = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **case["env"]}
        done = subprocess.run([sys.executable, "-c", RUN, case["module"], case["class"]], cwd=home, env=env, capture_output=True, text=True)
        line = next((l for l in done.stdout.splitlines() if l.startswith("ANSWER")), None)
        return json.loads(line[6:]) if line else {"broken": done.stderr[-300:]}
    finally:
        shutil.rmtree(home)

def read(text):
    for part in re.split(r"(?m)^#### ", text)[1:]:
        title, body = part.split("\n", 1)
        body = re.split(r"(?m)^= ", body)[0]
        case = {"title": title.strip(), "files": [], "env": {}, "class": "-", "module": "config.settings"}
        head, *files = re.split(r"(?m)^--- ", body)
        for line in head.splitlines():
            if line.startswith("$ "):
                name, value = line[2:].split("=", 1)
                case["env"][name] = value
            elif line.startswith("class "):
                case["class"] = line[6:].strip()
            elif line.startswith("module "):
                case["module"] = line[7:].strip()
        for file in files:
            path, text = file.split("\n", 1)
            case["files"].append((path.strip(), text.rstrip("\n") + "\n"))
        yield case, body.rstrip("\n")

if __name__ == "__main__":
    path = sys.argv[1]
    text = open(path).read()
    out = re.split(r"(?m)^#### ", text)[0]
    for case, body in read(text):
        got = answer(case)
        out += f"#### {case['title']}\n{body}\n= {json.dumps(got, ensure_ascii=False)}\n\n"
        if "broken" in got:
            print("BROKEN", case["title"], got["broken"])
    open(path, "w").write(out)
