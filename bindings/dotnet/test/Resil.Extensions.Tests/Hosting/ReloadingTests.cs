using Resil.Extensions.Http;
using static Resil.Extensions.Http.Reloading;

namespace Resil.Extensions.Tests.Hosting;

public sealed class ReloadingTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly List<string> log = [];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("resil");
    private string text = "a";
    private int loads;
    private Exception? mistake;

    public void Dispose() => folder.Delete(recursive: true);

    private Reloading Reloading() => new(
        text,
        () => text,
        () =>
        {
            loads++;
            if (mistake is not null)
                throw mistake;
        },
        time, "policies", new Lines(log.Add));

    [Fact]
    public void Several_changes_are_loaded_once_when_it_is_quiet()
    {
        using var reloading = Reloading();
        for (var i = 0; i < 5; i++)
        {
            text += "b";
            reloading.Notice();
            time.Advance(Quiet / 2);
        }
        Assert.Equal(0, loads);
        time.Advance(Quiet);
        Assert.Equal(1, loads);
        Assert.Equal(["Policies in policies loaded again"], log);
    }

    [Fact]
    public void The_same_text_is_no_change()
    {
        using var reloading = Reloading();
        reloading.Notice();
        time.Advance(Quiet);
        Assert.Equal(0, loads);
    }

    [Fact]
    public void A_mistake_is_told_once_and_the_next_text_is_loaded()
    {
        using var reloading = Reloading();
        mistake = new ResilException("resiliency.yaml:3:1: unknown field 'spek'");
        text = "b";
        for (var i = 0; i < 3; i++)
        {
            reloading.Notice();
            time.Advance(Quiet);
        }
        Assert.Equal(["Policies in policies changed but cannot be loaded, those from before stay in force: resiliency.yaml:3:1: unknown field 'spek'"], log);
        mistake = null;
        text = "c";
        reloading.Notice();
        time.Advance(Quiet);
        Assert.Equal((2, 2), (loads, log.Count));
    }

    [Fact]
    public void Nothing_is_loaded_after_disposal()
    {
        var reloading = Reloading();
        text = "b";
        reloading.Notice();
        reloading.Dispose();
        reloading.Notice();
        time.Advance(Quiet * 2);
        Assert.Equal(0, loads);
    }

    [Fact]
    public void A_folders_fingerprint_is_that_of_its_policies()
    {
        var file = Path.Combine(folder.FullName, "a.yaml");
        File.WriteAllText(file, "a");
        using var files = new PolicyFiles(folder.FullName);
        var before = files.Fingerprint();
        File.WriteAllText(Path.Combine(folder.FullName, "notes.txt"), "x");
        File.WriteAllText(file, "a");
        Assert.Equal(before, files.Fingerprint());
        File.WriteAllText(Path.Combine(folder.FullName, "b.yml"), "");
        Assert.NotEqual(before, files.Fingerprint());
    }
}
