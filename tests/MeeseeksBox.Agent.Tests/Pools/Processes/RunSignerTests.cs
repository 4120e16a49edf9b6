using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Agent.Pools.Processes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Agent.Tests.Pools.Processes;

// docs/RUNNER.md#users
public sealed class RunSignerTests : IDisposable
{
    private static readonly RunnerOwner Daemon = new(1, "-1-abc");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_runner_can_tell_a_later_box_of_its_own_runs_alone()
    {
        var signedText = Signer().Sign(Daemon, "a1.1", "0 0 1.5 job");

        Signer().Verify(Daemon, "a1.1", signedText).Should().Be("0 0 1.5 job");
        Signer().Verify(Daemon, "a1.2", signedText).Should().BeNull();
        Signer().Verify(Daemon with { Suffix = "-2-abc" }, "a1.1", signedText).Should().BeNull();
        Signer().Verify(Daemon, "a1.1", signedText.Replace("job", "jobs", StringComparison.Ordinal)).Should().BeNull();
        Signer().Verify(Daemon, "a1.1", "0 0 1.5 job").Should().BeNull();
        Signer("other").Verify(Daemon, "a1.1", signedText).Should().BeNull();
        File.GetUnixFileMode(_folder.File("state.runs/key")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void The_runner_of_the_box_and_one_that_is_not_kept_need_no_signature()
    {
        var temporary = new RunSigner(new RunsFolder(null, isDurable: false));

        Signer().Sign(Daemon with { Suffix = "" }, "a1.1", "x").Should().Be("x");
        temporary.Sign(Daemon, "a1.1", "x").Should().Be("x");
        Directory.Exists(_folder.File("state.runs")).Should().BeFalse();
    }

    [Fact]
    public void A_key_that_a_crash_has_cut_off_is_made_again()
    {
        Directory.CreateDirectory(_folder.File("state.runs"), (UnixFileMode)0x1c0);
        _folder.Write("state.runs/key", "half");

        var signedText = Signer().Sign(Daemon, "a1.1", "x");

        Signer().Verify(Daemon, "a1.1", signedText).Should().Be("x");
    }

    private RunSigner Signer(string state = "state") => new(new RunsFolder(_folder.File(state), isDurable: false));
}
