package dev.resil;

import dev.resil.internal.NativeLibrary;
import dev.resil.internal.ResilJNI;

/**
 * The native library, loaded, and of the ABI that this jar was built for; and the constants it has
 * to be asked for.
 */
final class NativeCheck {
  static final long NO_TIME;

  /** The bits that make an outcome of a status. */
  static final int HTTP;

  static final int GRPC;

  static {
    NativeLibrary.load();
    int built = ResilJNI.built_for();
    int loaded = ResilJNI.abi();
    if (built != loaded) {
      throw new ResilException(
          "this jar was built for ABI "
              + built
              + " of libresil but loaded one of ABI "
              + loaded
              + ": use a jar of the engine's version");
    }
    NO_TIME = ResilJNI.no_time();
    HTTP = ResilJNI.http(0);
    GRPC = ResilJNI.grpc(0);
  }

  private NativeCheck() {}

  /** Runs the above, once. */
  static void ready() {}
}
