namespace Resil.Tests;

public class DurationTests
{
    [Fact]
    public void Nanoseconds_round_up_to_ticks() => Assert.Equal(TimeSpan.FromTicks(2), Durations.FromNs(101));
}
