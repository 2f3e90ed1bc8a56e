def pytest_configure(config):
    config.addinivalue_line("markers", "theorem(number): the statement of a paper that the test is about")
