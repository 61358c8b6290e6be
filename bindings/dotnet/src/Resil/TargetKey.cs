namespace Resil;

/// <summary>What an engine's endpoints are known by.</summary>
internal readonly record struct TargetKey(EndpointKind Kind, string Name, string? Instance);
