"""The program `compose-doctor` as a package; `python -m compose_doctor_django` starts it."""
