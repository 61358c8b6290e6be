package dev.resil.http;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The Retry-After header: seconds, or a date. */
final class RetryAfter {
  private RetryAfter() {}

  static Optional<Duration> of(HttpHeaders headers, ZonedDateTime now) {
    return headers
        .firstValue("retry-after")
        .map(String::strip)
        .flatMap(value -> parse(value, now))
        .filter(duration -> !duration.isNegative() && !duration.isZero());
  }

  private static Optional<Duration> parse(String value, ZonedDateTime now) {
    try {
      return Optional.of(
          value.chars().allMatch(Character::isDigit)
              ? Duration.ofSeconds(Long.parseLong(value))
              : Duration.between(
                  now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)));
    } catch (NumberFormatException | DateTimeParseException | ArithmeticException notOne) {
      return Optional.empty();
    }
  }
}
