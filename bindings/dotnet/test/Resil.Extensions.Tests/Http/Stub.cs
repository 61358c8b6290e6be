using System.Net;

namespace Resil.Extensions.Tests.Http;

/// <summary>Stands for the network: answers as it is told, and remembers what it was asked and what it gave.</summary>
internal sealed class Stub(Func<int, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private readonly List<Answer> given = [];

    public Stub(params HttpStatusCode[] statuses)
        : this((n, _, _) => Task.FromResult<HttpResponseMessage>(new Answer(statuses[Math.Min(n, statuses.Length) - 1])))
    {
    }

    public int Calls { get; private set; }

    public List<string> Bodies { get; } = [];

    /// <summary>Which answers were disposed, in the order that they were given in.</summary>
    public IEnumerable<bool> Disposed => given.Select(one => one.IsDisposed);

    /// <summary>One that never answers; it tells when it was asked.</summary>
    public static Stub Hanging(Action<int> asked) => new(async (n, _, token) =>
    {
        var never = Task.Delay(Timeout.Infinite, token);
        asked(n);
        await never;
        throw new InvalidOperationException("never");
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Calls++;
        if (request.Content is { } content)
            Bodies.Add(await Sent(content));
        var response = await answer(Calls, request, cancellationToken);
        if (response is Answer one)
            given.Add(one);
        response.RequestMessage = request;
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        => SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    private static async Task<string> Sent(HttpContent content)
    {
        using var wire = new MemoryStream();
        await content.CopyToAsync(wire); // as a connection does: nothing is buffered
        return System.Text.Encoding.UTF8.GetString(wire.ToArray());
    }

    internal sealed class Answer(HttpStatusCode status) : HttpResponseMessage(status)
    {
        public bool IsDisposed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
