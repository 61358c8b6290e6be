package dev.resil;

import dev.resil.internal.ResilJNI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** What {@link Engine} is loaded with. Used by one thread; may be used for several engines. */
public final class EngineBuilder {
  private String appId;
  private String config;
  private boolean lenient;
  private boolean everyRejection;
  private int maxEndpoints;
  private int eventCapacity;
  private long jitterSeed;
  private long maxBytes;
  private TimeSource clock;
  private System.Logger logger = System.getLogger("dev.resil");

  EngineBuilder() {}

  /**
   * Who is calling: documents whose {@code scopes} do not list it are skipped. Without one every
   * document applies.
   */
  public EngineBuilder appId(String id) {
    appId = id;
    return this;
  }

  /**
   * A {@code kind: Configuration} file that must enable the Resiliency feature; without it nothing
   * is applied.
   */
  public EngineBuilder config(Path file) {
    config = file == null ? null : file.toString();
    return this;
  }

  /** What Dapr ignores in a policy is a warning and not an error. */
  public EngineBuilder lenient() {
    lenient = true;
    return this;
  }

  /** An event for each rejection, and not only for the first since a breaker changed state. */
  public EngineBuilder everyRejection() {
    everyRejection = true;
    return this;
  }

  /** How many endpoints there may be; 1 048 576 by default. */
  public EngineBuilder maxEndpoints(int count) {
    maxEndpoints = atLeast(1, count, "maxEndpoints");
    return this;
  }

  /** How many events the ring holds for readers; 1 024 by default. */
  public EngineBuilder eventCapacity(int count) {
    eventCapacity = atLeast(1, count, "eventCapacity");
    return this;
  }

  /** Makes the jitter of delays repeatable; 0 = random, the default. */
  public EngineBuilder jitterSeed(long seed) {
    jitterSeed = seed;
    return this;
  }

  /** How much policy text may be loaded, all documents together; 262 144 bytes by default. */
  public EngineBuilder maxBytes(long bytes) {
    maxBytes = bytes;
    return this;
  }

  /** Time for tests and simulators; null = the machine's. */
  public EngineBuilder clock(TimeSource source) {
    clock = source;
    return this;
  }

  /** Where the engine's lines go; null = nowhere. By default the logger named {@code dev.resil}. */
  public EngineBuilder logger(System.Logger target) {
    logger = target;
    return this;
  }

  /**
   * Loads a file, or every .yaml and .yml in a folder.
   *
   * @throws PolicyException where there is a mistake: where it is, and what to write instead
   */
  public Engine load(Path path) {
    return open(null, path.toString());
  }

  /** Loads policy text: one or more YAML documents. */
  public Engine fromYaml(String yaml) {
    return open(Objects.requireNonNull(yaml, "yaml"), null);
  }

  /**
   * Everything that {@link #load} would complain about, errors and warnings, without making an
   * engine.
   */
  public List<String> check(Path path) {
    return complaints(null, path.toString());
  }

  /**
   * Everything that {@link #fromYaml} would complain about, errors and warnings, without making an
   * engine.
   */
  public List<String> checkYaml(String yaml) {
    return complaints(Objects.requireNonNull(yaml, "yaml"), null);
  }

  private Engine open(String yaml, String path) {
    NativeCheck.ready();
    long options = options();
    long address;
    try {
      address = ResilJNI.new_Engine(options, Text.bytes(yaml), Text.bytes(path));
    } finally {
      ResilJNI.delete_Options(options);
    }
    if (address == 0 || ResilJNI.Engine_failed(address) != 0) {
      try {
        throw failure(address);
      } finally {
        ResilJNI.delete_Engine(address);
      }
    }
    return new Engine(address, clock, logger, everyRejection);
  }

  static PolicyException failure(long engine) {
    if (engine == 0) {
      return new PolicyException("there is no memory for an engine", 0, 0);
    }
    return new PolicyException(
        Text.string(ResilJNI.Engine_error_message(engine)),
        ResilJNI.Engine_error_line(engine),
        ResilJNI.Engine_error_column(engine));
  }

  private List<String> complaints(String yaml, String path) {
    NativeCheck.ready();
    long options = options();
    try {
      return Text.string(ResilJNI.check(options, Text.bytes(yaml), Text.bytes(path)))
          .lines()
          .toList();
    } finally {
      ResilJNI.delete_Options(options);
    }
  }

  private long options() {
    long options = ResilJNI.new_Options();
    ResilJNI.Options_app_id_set(options, Text.bytes(appId));
    ResilJNI.Options_config_path_set(options, Text.bytes(config));
    ResilJNI.Options_lenient_set(options, lenient ? 1 : 0);
    ResilJNI.Options_every_rejection_set(options, everyRejection ? 1 : 0);
    ResilJNI.Options_max_endpoints_set(options, maxEndpoints);
    ResilJNI.Options_event_capacity_set(options, eventCapacity);
    ResilJNI.Options_jitter_seed_set(options, jitterSeed);
    ResilJNI.Options_max_bytes_set(options, maxBytes);
    return options;
  }

  private static int atLeast(int least, int value, String what) {
    if (value < least) {
      throw new IllegalArgumentException(what + " of " + value + ": write at least " + least);
    }
    return value;
  }
}
