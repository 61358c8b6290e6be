package dev.resil.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;

/**
 * Finds the native library of this platform in the jar, unpacks it under a name that carries the
 * version, and loads it.
 *
 * <p>{@code -Ddev.resil.library=FILE} loads that file instead; {@code -Ddev.resil.tmpdir=FOLDER}
 * unpacks there, for machines whose temporary folder forbids execution.
 */
public final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  public static synchronized void load() {
    if (loaded) {
      return;
    }
    String given = System.getProperty("dev.resil.library");
    if (given != null) {
      System.load(Path.of(given).toAbsolutePath().toString());
    } else {
      loadFromJar(platform(System.getProperty("os.name"), System.getProperty("os.arch"), musl()));
    }
    loaded = true;
  }

  /** {@code linux-x86_64}, {@code linux-aarch_64-musl}, ...: the folder's name under native/. */
  static String platform(String os, String arch, boolean musl) {
    String system = os.toLowerCase(Locale.ROOT);
    system =
        system.startsWith("linux")
            ? "linux"
            : system.startsWith("mac")
                ? "osx"
                : system.startsWith("windows") ? "windows" : system.replaceAll("[^a-z0-9]", "");
    String machine =
        switch (arch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64", "x64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch_64";
          default -> arch.toLowerCase(Locale.ROOT);
        };
    return system + "-" + machine + (musl && system.equals("linux") ? "-musl" : "");
  }

  /** Which C library this very process runs on, whatever else is installed. */
  private static boolean musl() {
    try {
      return Files.readString(Path.of("/proc/self/maps")).contains("/ld-musl-");
    } catch (IOException | RuntimeException notLinux) {
      return false;
    }
  }

  private static void loadFromJar(String platform) {
    String version = version();
    String name = "libresil_jni-" + version + ".so";
    byte[] library;
    try (InputStream resource =
        NativeLibrary.class.getResourceAsStream("/native/" + platform + "/" + name)) {
      if (resource == null) {
        throw new UnsatisfiedLinkError(
            "dev.resil:resil "
                + version
                + " has no native library for "
                + platform
                + ": build the jar on that platform (bindings/java/README.md), or name a library"
                + " with -Ddev.resil.library");
      }
      library = resource.readAllBytes();
    } catch (IOException e) {
      throw failure("cannot be read from the jar", e);
    }
    Path file;
    try {
      file = unpack(library, "resil-" + version, name);
    } catch (IOException e) {
      throw failure("cannot be unpacked; name another folder with -Ddev.resil.tmpdir", e);
    }
    try {
      System.load(file.toString());
    } catch (UnsatisfiedLinkError e) {
      if (!e.getMessage().contains("already loaded in another classloader")) {
        throw failure(
            "cannot be loaded from "
                + file
                + "; if that folder forbids execution, name another with"
                + " -Ddev.resil.tmpdir",
            e);
      }
      loadPrivateCopy(library, name);
    }
  }

  /** A file is loaded by one class loader only; the next one takes a copy of its own. */
  private static void loadPrivateCopy(byte[] library, String name) {
    try {
      Path folder = Files.createTempDirectory(folder(), "resil-");
      Path file = Files.write(folder.resolve(name), library);
      try {
        System.load(file.toString());
      } finally {
        Files.deleteIfExists(file); // it stays mapped
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw failure("cannot be unpacked; name another folder with -Ddev.resil.tmpdir", e);
    }
  }

  /** Into a folder that only this user can write to, and never trusting what lies there already. */
  static Path unpack(byte[] library, String folderName, String name) throws IOException {
    Path mine = Files.createTempDirectory(folder(), "resil-");
    try {
      Path folder =
          folder()
              .resolve(
                  folderName
                      + "-"
                      + Files.getOwner(mine).getName().replaceAll("[^A-Za-z0-9]", "_"));
      if (!Files.isDirectory(folder)) {
        try {
          Files.createDirectory(
              folder,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (java.nio.file.FileAlreadyExistsException anotherProcessWasFirst) {
          // and its folder is looked at like any other
        }
      }
      if (Files.isSymbolicLink(folder)
          || !Files.getOwner(folder).equals(Files.getOwner(mine))
          || !PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))
              .equals("rwx------")) {
        throw new IOException(
            folder + " is there but is not a private folder of this user's: remove it");
      }
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), library)) {
        return file;
      }
      Path fresh = Files.write(mine.resolve(name), library);
      try {
        return Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        return Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(mine.resolve(name));
      Files.deleteIfExists(mine);
    }
  }

  private static Path folder() {
    return Path.of(System.getProperty("dev.resil.tmpdir", System.getProperty("java.io.tmpdir")))
        .toAbsolutePath();
  }

  private static String version() {
    Properties properties = new Properties();
    try (InputStream resource =
        NativeLibrary.class.getResourceAsStream("/dev/resil/version.properties")) {
      properties.load(resource);
    } catch (IOException | RuntimeException e) {
      throw failure("cannot be chosen: the jar lacks dev/resil/version.properties", e);
    }
    return properties.getProperty("version");
  }

  private static UnsatisfiedLinkError failure(String what, Throwable cause) {
    UnsatisfiedLinkError error =
        new UnsatisfiedLinkError(
            "the native library of dev.resil:resil " + what + ": " + cause.getMessage());
    error.initCause(cause);
    return error;
  }
}
