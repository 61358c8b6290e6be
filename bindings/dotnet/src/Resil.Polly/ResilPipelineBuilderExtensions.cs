using System.Diagnostics.CodeAnalysis;
using Polly.Timeout;
using Resil;
using Resil.Polly;

namespace Polly;

/// <summary>Takes the policies of a file into a pipeline.</summary>
public static class ResilPipelineBuilderExtensions
{
    /// <summary>
    /// Adds an endpoint as a strategy: what is inside of it is attempted as the endpoint's retry policy, circuit breaker and timeout say.
    /// </summary>
    /// <remarks>
    /// A call that is not admitted ends with a <see cref="RejectedException"/>, an attempt that takes too long with Polly's own
    /// <see cref="TimeoutRejectedException"/>, and after the last attempt its own exception or result is the call's.
    /// </remarks>
    /// <param name="builder">The pipeline's builder, with or without a type of results.</param>
    /// <param name="endpoint">Whose policies apply.</param>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <returns>The same builder.</returns>
    public static TBuilder AddResil<TBuilder>(this TBuilder builder, Endpoint endpoint)
        where TBuilder : ResiliencePipelineBuilderBase
        => builder.AddResil(endpoint, new ResilStrategyOptions());

    /// <summary>The same, with options.</summary>
    /// <param name="builder">The pipeline's builder, with or without a type of results.</param>
    /// <param name="endpoint">Whose policies apply.</param>
    /// <param name="options">How the calls are made and judged.</param>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <returns>The same builder.</returns>
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ResilStrategyOptions))]
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The options' properties, which Polly validates, are kept.")]
    public static TBuilder AddResil<TBuilder>(this TBuilder builder, Endpoint endpoint, ResilStrategyOptions options)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        // A pipeline's own timeout can give an attempt a token within the same context, which no strategy from outside can.
        return builder
            .AddStrategy(context => new ResilStrategy(endpoint, options.Call, context.TimeProvider), options)
            .AddTimeout(ResilStrategy.AroundAttempt(options.Name));
    }
}
