using Grpc.Core.Interceptors;

namespace Resil.Extensions.Grpc;

/// <summary>Puts the policies under a channel.</summary>
public static class ResilChannelExtensions
{
    /// <summary>
    /// What a generated client is made with: <c>new Greeter.GreeterClient(channel.WithResil(engine))</c>. The app is the host of the
    /// channel's target.
    /// </summary>
    /// <param name="channel">Where the calls go.</param>
    /// <param name="engine">Whose policies apply.</param>
    public static CallInvoker WithResil(this ChannelBase channel, Engine engine) => channel.WithResil(engine, new ResilGrpcOptions());

    /// <summary>The same, with options; the app is the host of the channel's target where they name neither an app nor an endpoint.</summary>
    /// <param name="channel">Where the calls go.</param>
    /// <param name="engine">Whose policies apply.</param>
    /// <param name="options">Which endpoint a call goes to, and how the calls are made.</param>
    public static CallInvoker WithResil(this ChannelBase channel, Engine engine, ResilGrpcOptions options)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(options);
        var named = new ResilGrpcOptions { App = options.App ?? AppOf(channel.Target), Endpoint = options.Endpoint, Call = options.Call };
        return channel.CreateCallInvoker().Intercept(new ResilInterceptor(engine, named));
    }

    /// <summary>The app that a target names: of <c>dns://8.8.8.8/order-processor:50001</c> it is <c>order-processor</c>.</summary>
    internal static string AppOf(string target)
    {
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            var rest = target[(scheme + 3)..];
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            target = slash < 0 ? rest : target.StartsWith("http", StringComparison.Ordinal) ? rest[..slash] : rest[(slash + 1)..];
        }
        else if (target.StartsWith("dns:", StringComparison.Ordinal) || target.StartsWith("static:", StringComparison.Ordinal))
        {
            target = target[(target.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }
        var port = target.LastIndexOf(':');
        if (port > target.LastIndexOf(']') && target.IndexOf(':', StringComparison.Ordinal) == port || target.StartsWith('[') && port > target.LastIndexOf(']'))
            target = target[..port];
        return target.Trim('[', ']');
    }
}
