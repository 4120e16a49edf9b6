using System.Net;
using System.Net.Sockets;
using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client;

/// <summary>The command <c>complete</c>, which shell completions call.</summary>
public sealed class CompletionTests(CompletionTests.TwoPools fixture) : BoxTests(fixture), IClassFixture<CompletionTests.TwoPools>
{
    /// <summary>A box with two pools, whose names begin alike.</summary>
    public sealed class TwoPools() : BoxFixture("state.expire=600", "pools.p1.slots=1", "pools.p2=");

    [Fact]
    public async Task Ids_pools_and_nodes_come_from_the_cluster()
    {
        foreach (var id in new[] { "night-1", "night-2", "day", "night $(reboot)" })
            (await Box.ClientAsync("sub", $"id={id}", "p1", "true")).Status.Should().Be(0);

        (await Box.ClientAsync("complete", "qdel", "ni")).Lines.Should().Equal("night-1", "night-2");
        (await Box.ClientAsync("complete", "qdel", "day", "id=d")).Lines.Should().Equal("id=day");
        (await Box.ClientAsync("complete", "qsub", "p")).Lines.Should().Equal("p1", "p2");
        (await Box.ClientAsync("complete", "qstat", "state=new", "pool=p1,")).Lines.Should().Equal("pool=p1,p1", "pool=p1,p2");
        (await Box.ClientAsync("complete", "meeseeks-client", "sub", "p1@")).Lines.Should().Equal("p1@n1");
        (await Box.ClientAsync("complete", "meeseeks-client", "sub", "p1", "--he")).Output.Should().BeEmpty();
    }

    [Fact]
    public async Task Options_of_the_typed_line_select_the_box()
    {
        // The client waits 1 s for completions, and the first answer of a box takes longer on a busy host.
        (await Box.ClientAsync("pools")).Status.Should().Be(0);

        var run = await ClientProgram.RunAsync(
            "", "complete", "meeseeks-client", "address=127.0.0.1", $"port={Box.Port}", "stat", "pool=");

        run.Lines.Should().Equal("pool=p1", "pool=p2");
    }

    [Fact]
    public async Task Without_a_box_or_with_invalid_options_no_errors_are_printed()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)nobody.LocalEndPoint!).Port;

        foreach (var run in new[]
        {
            await ClientProgram.RunAsync($"port={port}", "complete", "qdel", ""),
            await ClientProgram.RunAsync("port=many", "complete", "qdel", ""),
        })
        {
            run.Status.Should().Be(0);
            run.Errors.Should().BeEmpty();
            run.Lines.Should().Contain("pool=");
        }
    }

    [Fact]
    public async Task Commands_are_completed_with_their_summary()
    {
        var run = await Box.ClientAsync("complete", "meeseeks-client", "re");

        run.Lines.Should().Equal(
            "release\tRelease held jobs: let them start.", "resume\tResume suspended jobs: continue all their processes.", "refresh=");
    }
}
