namespace Resil.Extensions.Http;

/// <summary>What the container's engine is loaded with. Each property can be a key of a configuration section.</summary>
public sealed class ResilOptions
{
    /// <summary>The policy file, or a folder of them. A relative path starts at the host's content root.</summary>
    public string? Path { get; set; }

    /// <summary>
    /// Load the policies again when the file, or one in the folder, changes. A text with a mistake changes nothing, and a log line says
    /// what the mistake is.
    /// </summary>
    public bool ReloadOnChange { get; set; }

    /// <inheritdoc cref="EngineOptions.AppId"/>
    public string? AppId { get; set; }

    /// <inheritdoc cref="EngineOptions.ConfigurationPath"/>
    public string? ConfigurationPath { get; set; }

    /// <inheritdoc cref="EngineOptions.Lenient"/>
    public bool Lenient { get; set; }

    /// <inheritdoc cref="EngineOptions.EveryRejection"/>
    public bool EveryRejection { get; set; }

    /// <inheritdoc cref="EngineOptions.MaxEndpoints"/>
    public int MaxEndpoints { get; set; }

    /// <inheritdoc cref="EngineOptions.EventCapacity"/>
    public int EventCapacity { get; set; }

    /// <inheritdoc cref="EngineOptions.MaxBytes"/>
    public long MaxBytes { get; set; }

    /// <inheritdoc cref="EngineOptions.JitterSeed"/>
    public ulong JitterSeed { get; set; }

    /// <inheritdoc cref="EngineOptions.MetricsName"/>
    public string MetricsName { get; set; } = "";

    /// <inheritdoc cref="EngineOptions.MetricsNamespace"/>
    public string MetricsNamespace { get; set; } = "";
}
