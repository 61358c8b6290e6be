namespace Resil;

/// <summary>What an <see cref="Endpoint"/> is.</summary>
public enum EndpointKind
{
    /// <summary>A method of an app.</summary>
    App = 0,

    /// <summary>An actor.</summary>
    Actor = 1,

    /// <summary>What comes in from a component.</summary>
    ComponentInbound = 2,

    /// <summary>What goes out to a component.</summary>
    ComponentOutbound = 3,

    /// <summary>A reserved policy.</summary>
    Builtin = 4,
}
