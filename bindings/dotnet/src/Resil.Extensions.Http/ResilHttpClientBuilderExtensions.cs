using Microsoft.Extensions.Http;
using Resil;
using Resil.Extensions.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the policies under the clients of an IHttpClientFactory.</summary>
public static class ResilHttpClientBuilderExtensions
{
    /// <summary>
    /// Makes each request of this client an operation of the endpoint that it goes to. The engine is the container's (AddResil on the
    /// services). The client's <see cref="HttpClient.Timeout"/> becomes the operation's deadline, retries and waits included; set it
    /// with ConfigureHttpClient, not on the client that you get. <see cref="Timeout.InfiniteTimeSpan"/> = no deadline.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder AddResil(this IHttpClientBuilder builder) => builder.AddResil(static (_, _) => { });

    /// <summary>The same, with options.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Which endpoint a request goes to, and how the calls are made.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder AddResil(this IHttpClientBuilder builder, Action<ResilHttpOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.AddResil((_, options) => configure(options));
    }

    /// <summary>The same for whoever needs the container to say so.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Which endpoint a request goes to, and how the calls are made.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder AddResil(this IHttpClientBuilder builder, Action<IServiceProvider, ResilHttpOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var patience = new Patience();
        // After whatever else configures the client: its timeout is not final before.
        builder.Services.PostConfigure<HttpClientFactoryOptions>(builder.Name, options => options.HttpClientActions.Add(patience.TakeFrom));
        return builder.AddHttpMessageHandler(provider =>
        {
            var options = new ResilHttpOptions();
            configure(provider, options);
            var engine = provider.GetService<Engine>()
                ?? throw new InvalidOperationException("Resil: the container has no engine; call AddResil on the services too, with the path of the policies");
            return new ResilHandler(engine, options, patience, provider.GetService<ILoggerFactory>()?.CreateLogger("Resil"));
        });
    }

    /// <summary>The same with all requests going to one app.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="app">The app's id, as the policy file has it. The method is the path.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder AddResil(this IHttpClientBuilder builder, string app)
        => builder.AddResil(options => options.App = app);
}
