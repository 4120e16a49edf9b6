using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#users
public sealed class RunSealTests : IDisposable
{
    private static readonly RunnerOwner Daemon = new(1, "-1-abc");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_runner_can_tell_a_later_box_of_its_own_runs_alone()
    {
        var sealedText = Seal().Close(Daemon, "a1.1", "0 0 1.5 job");

        Seal().Open(Daemon, "a1.1", sealedText).Should().Be("0 0 1.5 job");
        Seal().Open(Daemon, "a1.2", sealedText).Should().BeNull();
        Seal().Open(Daemon with { Suffix = "-2-abc" }, "a1.1", sealedText).Should().BeNull();
        Seal().Open(Daemon, "a1.1", sealedText.Replace("job", "jobs", StringComparison.Ordinal)).Should().BeNull();
        Seal().Open(Daemon, "a1.1", "0 0 1.5 job").Should().BeNull();
        Seal("other").Open(Daemon, "a1.1", sealedText).Should().BeNull();
        File.GetUnixFileMode(_folder.File("state.runs/key")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void The_runner_of_the_box_and_one_that_is_not_kept_need_no_seal()
    {
        var temporary = new RunSeal(new RunsFolder(null, isDurable: false));

        Seal().Close(Daemon with { Suffix = "" }, "a1.1", "x").Should().Be("x");
        temporary.Close(Daemon, "a1.1", "x").Should().Be("x");
        Directory.Exists(_folder.File("state.runs")).Should().BeFalse();
    }

    [Fact]
    public void A_key_that_a_crash_has_cut_off_is_made_again()
    {
        Directory.CreateDirectory(_folder.File("state.runs"), (UnixFileMode)0x1c0);
        _folder.Write("state.runs/key", "half");

        var sealedText = Seal().Close(Daemon, "a1.1", "x");

        Seal().Open(Daemon, "a1.1", sealedText).Should().Be("x");
    }

    private RunSeal Seal(string state = "state") => new(new RunsFolder(_folder.File(state), isDurable: false));
}
