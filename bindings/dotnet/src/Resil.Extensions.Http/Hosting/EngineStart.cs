using Microsoft.Extensions.Hosting;

namespace Resil.Extensions.Http;

/// <summary>Loads the engine when the host starts, so that a mistake in a policy stops it there and not at some request.</summary>
internal sealed class EngineStart : IHostedService
{
#pragma warning disable CA1822, IDE0060 // asking for the engine is all that this does
    public EngineStart(Engine engine)
    {
    }
#pragma warning restore CA1822, IDE0060

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
