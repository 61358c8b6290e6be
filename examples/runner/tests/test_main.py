"""How the program ends, by what became of the story."""
import contextlib
import io
import unittest
from unittest import mock

from runner import main
from runner.trouble import Trouble, Unavailable


class Ending(unittest.TestCase):
    def end(self, trouble):
        with mock.patch.object(main, "_tell", side_effect=trouble), contextlib.redirect_stderr(io.StringIO()) as told:
            return main.main(["python"]), told.getvalue().strip()

    def test_a_machine_that_lacks_something_has_an_exit_code_of_its_own(self):
        self.assertEqual(self.end(Unavailable("no registry")), (3, "quickstart python: no registry"))

    def test_other_trouble(self):
        self.assertEqual(self.end(Trouble("the set-up stopped")), (2, "quickstart python: the set-up stopped"))


if __name__ == "__main__":
    unittest.main()
