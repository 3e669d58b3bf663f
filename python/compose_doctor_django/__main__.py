"""Starts the program that was installed with this package."""

import os
import subprocess
import sys
import sysconfig


def program():
    """The path of the program: in the folder of scripts of this Python, or in that of the user (`pip install --user`)."""
    name = "compose-doctor" + (sysconfig.get_config_var("EXE") or "")
    user = sysconfig.get_preferred_scheme("user") if sys.version_info >= (3, 10) else os.name + "_user"
    for folder in (sysconfig.get_path("scripts"), sysconfig.get_path("scripts", scheme=user)):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    sys.exit("compose-doctor is not beside this Python: install it again, as in `pip install --force-reinstall compose-doctor-django`")


if __name__ == "__main__":
    if os.name == "nt":
        # There, a program cannot become another one and keep its number.
        sys.exit(subprocess.run([program(), *sys.argv[1:]]).returncode)
    os.execv(program(), ["compose-doctor", *sys.argv[1:]])
