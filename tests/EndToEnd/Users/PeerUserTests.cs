using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Client;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Users;

/// <summary>Users of this host at the Unix socket of a root box (docs/SPECIFICATION.md#job-user).</summary>
public sealed class PeerUserTests
{
    [Fact]
    public async Task Jobs_of_a_user_run_as_that_user_and_those_of_others_are_out_of_reach()
    {
        Tool.NeedsRoot("a box that changes to other users");
        Tool.Run("setpriv", "--reuid=nobody", "--clear-groups", ClientProgram.Path, "--version");
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1ed);
        var socket = folder.File("s");
        await using var box = await RunningBox.StartAsync($"listen.address=unix:{socket},127.0.0.1", "listen.mode=0666", "pools.p.slots=0");
        _ = await box.SubmitAsync(new { id = "root", pool = "p", args = Some.Shell("id -u"), hold = true });

        var own = await ClientAsync("daemon", "sub id=own wait=1 cwd=/ p sh -c 'id -u; id -g; id -G; echo $HOME'");
        var zero = await ClientAsync("daemon", "sub uid=0 wait=1 cwd=/ p id -u");
        var other = await ClientAsync("daemon", "sub uid=games wait=1 cwd=/ p id -u");
        var change = await ClientAsync("daemon", "sub id=root hold=0 env.A=B");
        var again = await ClientAsync("games", "sub id=own state=new");
        var kill = await ClientAsync("daemon", "kill root");
        var settings = await ClientAsync("daemon", "conf user=root");

        (own.Errors, own.Output).Should().Be(("", "1\n1\n1\n/usr/sbin\n"));
        zero.Output.Should().Be("1\n");
        other.Errors.Should().Contain("uid: you are 'daemon' (1) and cannot have a job run as user 'games'; leave uid and gid out");
        change.Errors.Should().Contain("job 'root' is not yours: it runs as the user of its pool, and you are 'daemon' (1)");
        again.Errors.Should().Contain("job 'own' is not yours: it runs as user '1', group '1', and you are 'games' (5)");
        kill.Errors.Should().Contain("job 'root' is not yours");
        settings.Errors.Should().Contain("this needs the role 'admin', and yours is 'submit'");
        (await box.JobAsync("root")).Text("state").Should().Be("new");

        Task<ClientRun> ClientAsync(string user, string words) => box.ShellAsync(
            $"exec setpriv --reuid={user} --regid={user} --clear-groups \"$0\" address=unix:{socket} {words}");
    }
}
