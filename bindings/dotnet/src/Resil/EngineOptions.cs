using Microsoft.Extensions.Logging;

namespace Resil;

/// <summary>What an <see cref="Engine"/> is loaded with.</summary>
public sealed record EngineOptions
{
    /// <summary>
    /// Who is calling: documents whose <c>scopes</c> do not list it do not apply. Without one every document applies.
    /// </summary>
    public string? AppId { get; init; }

    /// <summary>
    /// A file of <c>kind: Configuration</c>. Where it switches the feature <c>Resiliency</c> off, every call passes through.
    /// </summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>What Dapr ignores in a policy is a warning and not an error.</summary>
    public bool Lenient { get; init; }

    /// <summary>An event for each rejection, and not only for the first since a breaker changed state.</summary>
    public bool EveryRejection { get; init; }

    /// <summary>How many endpoints there may be; 0 = 1 048 576.</summary>
    public int MaxEndpoints { get; init; }

    /// <summary>How many events are kept for whoever reads late; 0 = 1 024.</summary>
    public int EventCapacity { get; init; }

    /// <summary>The most bytes of policy text, all documents together; 0 = 262 144.</summary>
    public long MaxBytes { get; init; }

    /// <summary>Anything but 0 makes the delays of retries repeatable.</summary>
    public ulong JitterSeed { get; init; }

    /// <summary>
    /// Where time comes from: the engine's, that of waits and that of attempts' budgets. With a fake one no test has to sleep.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the lines go that Dapr would log, under the category <c>Resil</c>; null = nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The metrics' label <c>name</c>: that of the Resiliency document. Empty if not given.</summary>
    public string MetricsName { get; init; } = "";

    /// <summary>The metrics' label <c>namespace</c>: that of the Resiliency document. Empty if not given.</summary>
    public string MetricsNamespace { get; init; } = "";
}
