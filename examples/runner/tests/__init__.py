"""python3 -m unittest discover -s examples/runner/tests -t examples"""
