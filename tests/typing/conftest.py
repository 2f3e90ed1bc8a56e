collect_ignore = ["correct.py", "wrong.py"]  # programs to be looked at, not tests
