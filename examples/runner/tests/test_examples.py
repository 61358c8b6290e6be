"""What the reader is shown is what runs."""
import unittest

from runner.languages import EXAMPLES
from runner.pace import Pace

RESOURCES = (EXAMPLES / "resources" / "resiliency.yaml").read_text(encoding="utf-8")


class Showing(unittest.TestCase):
    def test_the_readme_shows_the_resources_letter_for_letter(self):
        readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
        self.assertIn(f"```yaml\n{RESOURCES}```\n", readme)

    def test_the_pace_is_that_of_the_resources(self):
        pace = Pace()
        self.assertIn(f"        timeout: {pace.breaker:g}s \n", RESOURCES)
        self.assertIn(f"        trip: consecutiveFailures >= {pace.failures}\n", RESOURCES)
        self.assertNotIn("duration", RESOURCES)  # so that a constant policy has its default
        self.assertEqual(pace.retry, 5)

    def test_the_services_of_every_language_are_there(self):
        for description in EXAMPLES.glob("*/quickstart.json"):
            for service in ("order-processor", "checkout"):
                self.assertTrue((description.parent / service).is_dir(), f"{description.parent.name} lacks {service}")


if __name__ == "__main__":
    unittest.main()
