package dev.resil;

import dev.resil.internal.ResilConstants;
import java.util.Objects;

/** What names an endpoint. */
record TargetKey(int kind, String name, String instance) {
  TargetKey {
    Objects.requireNonNull(name, "name");
  }

  String kindName() {
    return switch (kind) {
      case ResilConstants.APP -> "app";
      case ResilConstants.ACTOR -> "actor";
      case ResilConstants.BUILTIN -> "builtin";
      default -> "component";
    };
  }

  /** As in the engine's log lines. */
  @Override
  public String toString() {
    return switch (kind) {
      case ResilConstants.APP ->
          instance == null
              ? "endpoint[" + name + "]"
              : "endpoint[" + name + ", " + name + ":" + instance + "]";
      case ResilConstants.ACTOR ->
          "actor[" + name + (instance == null || instance.isEmpty() ? "" : ", " + instance) + "]";
      case ResilConstants.COMPONENT_IN -> "component[" + name + "] input";
      case ResilConstants.COMPONENT_OUT -> "component[" + name + "] output";
      default -> "policy[" + name + "]";
    };
  }
}
