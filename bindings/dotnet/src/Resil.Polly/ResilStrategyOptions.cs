using Polly;

namespace Resil.Polly;

/// <summary>How the calls of a pipeline are made and judged.</summary>
public class ResilStrategyOptions : ResilienceStrategyOptions
{
    /// <summary>Makes them as by default.</summary>
    public ResilStrategyOptions() => Name = "Resil";

    /// <summary>
    /// Waiting, the deadline, which exceptions fail. A deadline is the whole operation's. What <see cref="CallOptions{T}"/> adds is
    /// read where its type is that of the pipeline's results.
    /// </summary>
    public CallOptions Call { get; set; } = new();
}
