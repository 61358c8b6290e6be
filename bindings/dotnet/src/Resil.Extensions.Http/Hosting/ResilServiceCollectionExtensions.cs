using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resil;
using Resil.Extensions.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts an <see cref="Engine"/> into a container.</summary>
public static class ResilServiceCollectionExtensions
{
    /// <summary>
    /// Adds the engine as a singleton that the container disposes. It takes the container's logging, and its <see cref="TimeProvider"/>
    /// if there is one. A host loads it when it starts, and does not start if there is a mistake in the policies.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="configure">Says at least which <see cref="ResilOptions.Path"/>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddResil(this IServiceCollection services, Action<ResilOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        return services.AddEngine();
    }

    /// <summary>The same, with the options read from a section of the configuration.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="section">Has the properties of <see cref="ResilOptions"/> as keys.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddResil(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.Configure<ResilOptions>(section);
        return services.AddEngine();
    }

    private static IServiceCollection AddEngine(this IServiceCollection services)
    {
        services.AddOptions<ResilOptions>()
            .Validate(options => !string.IsNullOrEmpty(options.Path), "Resil: the option Path is missing; it names the policy file, or a folder of them");
        services.TryAddSingleton<HostedEngine>();
        services.TryAddSingleton(static provider => provider.GetRequiredService<HostedEngine>().Engine);
        services.AddHostedService<EngineStart>();
        return services;
    }
}
