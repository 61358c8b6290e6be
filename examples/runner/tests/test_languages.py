import json
import signal
import tempfile
import unittest
from pathlib import Path

from runner import languages
from runner.trouble import Trouble

SMALL = {"port": 4711, "services": {"order-processor": {"run": ["serve", "{port}"], "in": "order-processor"},
                                    "checkout": {"run": ["{cache}/checkout"]}}}


class Describing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.examples = Path(folder.name) / "examples"

    def write(self, name, told):
        (self.examples / name).mkdir(parents=True, exist_ok=True)
        text = told if isinstance(told, str) else json.dumps(told)
        (self.examples / name / "quickstart.json").write_text(text)

    def test_every_language_with_a_description_is_listed(self):
        self.write("perl", SMALL)
        self.write("cobol", SMALL)
        self.assertEqual(languages.names(self.examples), ["cobol", "perl"])

    def test_fills_in_places_and_defaults(self):
        self.write("cobol", SMALL)
        language = languages.load("cobol", examples=self.examples)
        self.assertEqual(language.services["order-processor"].run, ["serve", "4711"])
        self.assertEqual(language.services["order-processor"].folder, self.examples / "cobol" / "order-processor")
        self.assertEqual(language.services["checkout"].run, [str(language.cache / "checkout")])
        self.assertEqual(language.interrupt, signal.SIGINT)

    def test_another_port(self):
        self.write("cobol", SMALL)
        language = languages.load("cobol", 9, self.examples)
        self.assertEqual((language.port, language.services["order-processor"].run), (9, ["serve", "9"]))

    def test_unknown_language_names_the_known_ones(self):
        self.write("cobol", SMALL)
        with self.assertRaisesRegex(Trouble, "no quickstart for 'pyhton'; there is one for: cobol"):
            languages.load("pyhton", examples=self.examples)

    def test_bad_descriptions_are_named(self):
        for told, words in (("{", "cannot be used"), ({**SMALL, "port": "x"}, "cannot be used"),
                            ({"port": 1}, "lacks 'services'"), ({**SMALL, "interrupt": "SIGNAL"}, "lacks 'SIGNAL'")):
            with self.subTest(words), self.assertRaisesRegex(Trouble, f"quickstart.json {words}"):
                self.write("cobol", told)
                languages.load("cobol", examples=self.examples)

    def test_those_of_the_repository_can_be_used(self):
        self.assertIn("python", languages.names())
        for name in languages.names():
            language = languages.load(name)
            for folder in [command.folder for command in (*language.services.values(), *language.setup)]:
                self.assertTrue(folder.is_dir(), f"{name}: {folder} is no folder")
            for source in language.sources:
                self.assertTrue(source.exists(), f"{name}: {source} does not exist")


if __name__ == "__main__":
    unittest.main()
