namespace Resil.Extensions.Grpc;

/// <summary>Which endpoint a call goes to, and how the calls are made.</summary>
public sealed class ResilGrpcOptions
{
    /// <summary>
    /// The app whose policies apply, as the policy file names it. The method is the full name without its first slash:
    /// <c>grpc.health.v1.Health/Check</c>.
    /// </summary>
    public string? App { get; set; }

    /// <summary>
    /// The endpoint of a method, where that is not one of <see cref="App"/>. A call for which it answers null goes out as it is.
    /// </summary>
    public Func<IMethod, Endpoint?>? Endpoint { get; set; }

    /// <summary>Waiting, a deadline, which exceptions fail. The earlier one counts of this deadline and the call's own.</summary>
    public ResilCallOptions Call { get; set; } = new();
}
