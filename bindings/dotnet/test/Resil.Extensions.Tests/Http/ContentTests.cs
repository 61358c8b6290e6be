using System.Net;
using System.Net.Http.Json;
using Resil.Extensions.Http;
using static System.Net.HttpStatusCode;

namespace Resil.Extensions.Tests.Http;

public sealed class ContentTests
{
    private static readonly Uri Orders = new("http://retried/orders");

    private static async Task<Stub> Post(HttpContent content, HttpStatusCode status, Func<HttpRequestMessage, bool>? canResend = null)
    {
        var stub = new Stub(status);
        using var client = ResilHttpClient.Create(Documents.Engine(), new ResilHttpOptions { CanResend = canResend }, stub);
        (await client.PostAsync(Orders, content)).Dispose();
        return stub;
    }

    [Fact]
    public async Task Contents_that_can_be_sent_again_are()
    {
        var stream = new MemoryStream("..stream"u8.ToArray()) { Position = 2 };
        foreach (var (content, sent) in new (HttpContent, string)[]
        {
            (new StringContent("text"), "text"), (new ByteArrayContent("bytes"u8.ToArray()), "bytes"),
            (new ReadOnlyMemoryContent("memory"u8.ToArray()), "memory"), (JsonContent.Create(7), "7"),
            (new FormUrlEncodedContent([new("a", "b")]), "a=b"), (new StreamContent(stream), "stream"),
        })
        {
            var stub = await Post(content, ServiceUnavailable);
            Assert.Equal([sent, sent, sent], stub.Bodies);
        }
    }

    [Fact]
    public async Task A_form_can_be_sent_again_if_its_parts_can()
    {
        Assert.Equal(3, (await Post(new MultipartFormDataContent { { new StringContent("a"), "a" } }, ServiceUnavailable)).Calls);
        var form = new MultipartFormDataContent { { new StringContent("a"), "a" }, { new StreamContent(new Once()), "file" } };
        Assert.Equal(1, (await Post(form, ServiceUnavailable)).Calls);
    }

    [Fact]
    public async Task A_stream_that_cannot_go_back_is_sent_once_and_the_error_says_why()
    {
        Assert.Equal(1, (await Post(new StreamContent(new Once()), ServiceUnavailable)).Calls);

        var stub = new Stub((_, _, _) => throw new HttpRequestException("refused"));
        using var client = ResilHttpClient.Create(Documents.Engine(), null, stub);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(Orders, new StreamContent(new Once())));
        Assert.Equal(1, stub.Calls);
        Assert.StartsWith("refused (not retried: StreamContent cannot be sent again, since its stream can be read only once", failure.Message, StringComparison.Ordinal);
        Assert.Equal("refused", failure.InnerException!.Message);
    }

    [Fact]
    public async Task Items_that_come_as_they_are_sent_are_sent_once()
    {
        var items = System.Threading.Channels.Channel.CreateUnbounded<int>();
        foreach (var item in new[] { 1, 2 })
            await items.Writer.WriteAsync(item);
        items.Writer.Complete();
        var stub = new Stub((_, _, _) => throw new HttpRequestException("refused"));
        using var client = ResilHttpClient.Create(Documents.Engine(), null, stub);
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsJsonAsync(Orders, items.Reader.ReadAllAsync()));
        Assert.Equal(["[1,2]"], stub.Bodies); // and not "[]" for the second time
        Assert.Contains("IAsyncEnumerable", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_counts_as_a_failure_all_the_same()
    {
        var engine = Documents.Engine();
        using var client = ResilHttpClient.Create(engine, null, new Stub(ServiceUnavailable));
        (await client.PostAsync(new Uri("http://down/orders"), new StreamContent(new Once()))).Dispose();
        Assert.Equal(BreakerState.Open, engine.App("down", "orders").State);
    }

    [Fact]
    public async Task The_caller_may_know_better()
    {
        Assert.Equal(1, (await Post(new StringContent("text"), ServiceUnavailable, _ => false)).Calls);
        Assert.Equal(3, (await Post(new Own(), ServiceUnavailable, _ => true)).Calls);
        Assert.Equal(1, (await Post(new Own(), ServiceUnavailable)).Calls);
    }

    /// <summary>A stream that nobody can rewind, as one from a network.</summary>
    private sealed class Once : MemoryStream
    {
        public Once() : base("once"u8.ToArray())
        {
        }

        public override bool CanSeek => false;
    }

    private sealed class Own : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return true;
        }
    }
}
