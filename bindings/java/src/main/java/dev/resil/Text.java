package dev.resil;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.resil.internal.ResilJNI;

/** Text crosses as the bytes of its UTF-8. */
final class Text {
  private Text() {}

  static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  static String string(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, UTF_8);
  }

  /** The engine's name of a reason or an error, e.g. {@code E_FULL}. */
  static String nameOf(int code) {
    return string(ResilJNI.name(code));
  }
}
