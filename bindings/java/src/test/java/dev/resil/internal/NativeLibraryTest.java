package dev.resil.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Choosing, unpacking and loading the native library, and letting go of it. */
class NativeLibraryTest {
  private static final byte[] LIBRARY = {1, 2, 3};

  @AfterEach
  void forget() {
    System.clearProperty("dev.resil.tmpdir");
  }

  @Test
  void platformsHaveOneNameEach() {
    assertEquals("linux-x86_64", NativeLibrary.platform("Linux", "amd64", false));
    assertEquals("linux-aarch_64-musl", NativeLibrary.platform("Linux", "aarch64", true));
    assertEquals("osx-aarch_64", NativeLibrary.platform("Mac OS X", "aarch64", false));
    assertEquals("windows-x86_64", NativeLibrary.platform("Windows 11", "amd64", false));
    assertEquals("linux-riscv64", NativeLibrary.platform("Linux", "riscv64", false));
    assertEquals("freebsd-x86_64", NativeLibrary.platform("FreeBSD", "x86_64", false));
  }

  @Test
  void unpacksOncePerVersionAndTrustsNothing(@TempDir Path folder) throws IOException {
    System.setProperty("dev.resil.tmpdir", folder.toString());
    Path file = NativeLibrary.unpack(LIBRARY, "resil-1", "lib.so");
    assertArrayEquals(LIBRARY, Files.readAllBytes(file));
    Object first = Files.readAttributes(file, "unix:ino").get("ino");
    assertEquals(file, NativeLibrary.unpack(LIBRARY, "resil-1", "lib.so"));
    assertEquals(first, Files.readAttributes(file, "unix:ino").get("ino"), "used again");
    Files.write(file, new byte[] {9});
    assertArrayEquals(
        LIBRARY,
        Files.readAllBytes(NativeLibrary.unpack(LIBRARY, "resil-1", "lib.so")),
        "a changed file is replaced");
    try (var left = Files.list(folder)) {
      assertEquals(1, left.count(), "nothing else is left behind");
    }
  }

  @Test
  void aFolderThatOthersCanWriteToIsRefused(@TempDir Path folder) throws IOException {
    System.setProperty("dev.resil.tmpdir", folder.toString());
    Path mine = NativeLibrary.unpack(LIBRARY, "resil-1", "lib.so").getParent();
    Files.setPosixFilePermissions(
        mine, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    IOException e =
        assertThrows(IOException.class, () -> NativeLibrary.unpack(LIBRARY, "resil-1", "lib.so"));
    assertTrue(e.getMessage().contains("remove it"), e.getMessage());
    Files.delete(mine.resolve("lib.so"));
    Files.delete(mine);
    Files.createSymbolicLink(mine, Files.createDirectory(folder.resolve("elsewhere")));
    assertThrows(IOException.class, () -> NativeLibrary.unpack(LIBRARY, "resil-1", "lib.so"));
  }

  /** Loads resil in a class loader of its own and makes a call through it. */
  private static ClassLoader loaded() throws Exception {
    URL classes = Path.of(System.getProperty("resil.classes")).toUri().toURL();
    URLClassLoader loader =
        new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
    Class<?> engineClass = loader.loadClass("dev.resil.Engine");
    Object engine =
        engineClass
            .getMethod("fromYaml", String.class)
            .invoke(
                null,
                "kind: Resiliency\napiVersion: dapr.io/v1alpha1\nmetadata: {name: t}\nspec: {}\n");
    Object endpoint = engineClass.getMethod("app", String.class).invoke(engine, "orders");
    Callable<String> work = () -> "answer";
    assertEquals(
        "answer",
        loader
            .loadClass("dev.resil.Endpoint")
            .getMethod("call", Callable.class)
            .invoke(endpoint, work));
    engineClass.getMethod("close").invoke(engine);
    return loader;
  }

  @Test
  void anOutcomeMayBeTheFirstThingAProgramTouches() throws Exception {
    URL classes = Path.of(System.getProperty("resil.classes")).toUri().toURL();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
      assertEquals(
          "HTTP 503",
          loader
              .loadClass("dev.resil.Outcome")
              .getMethod("http", int.class)
              .invoke(null, 503)
              .toString());
    }
  }

  @Test
  void twoClassLoadersLoadItAtOnce() throws Exception {
    ClassLoader one = loaded();
    ClassLoader two = loaded();
    assertNotSame(one.loadClass("dev.resil.Engine"), two.loadClass("dev.resil.Engine"));
    assertNotNull(one.loadClass("dev.resil.Engine").getMethod("version").invoke(null));
  }

  @Test
  void classesAreUnloaded() throws Exception {
    WeakReference<ClassLoader> loader = new WeakReference<>(loaded());
    for (int i = 0; i < 500 && loader.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertNull(
        loader.get(), "something keeps the class loader: a thread, a thread local, the cleaner");
  }
}
