using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Addresses of the form <c>unix:/path</c> (docs/SPECIFICATION.md#unix-sockets).</summary>
public sealed class UnixAddressTests
{
    [Theory]
    [InlineData("unix:/run/box.sock", "/run/box.sock")]
    [InlineData("unix:box.sock", "box.sock")]
    [InlineData("unix", null)]
    [InlineData("localhost", null)]
    [InlineData("::1", null)]
    public void The_path_follows_the_prefix(string address, string? path) => UnixAddress.PathOf(address).Should().Be(path);

    [Theory]
    [InlineData(108, false)]
    [InlineData(109, true)]
    public void A_path_that_is_too_long_is_a_fault(int bytes, bool isTooLong)
    {
        var ascii = UnixAddress.FaultOf($"unix:{new string('x', bytes)}");
        var umlauts = UnixAddress.FaultOf($"unix:{new string('x', bytes - 2)}ä");

        ascii.Should().Be(isTooLong ? "the path of a Unix socket has 108 bytes at most, and this one has 109" : null);
        umlauts.Should().Be(ascii);
    }

    [Fact]
    public void An_invalid_setting_is_reported_with_its_path()
    {
        var diagnostics = new ConfigDiagnostics();

        var address = SectionReader.Root(ConfigTree.Read(["address=unix:"], diagnostics), diagnostics).Address();

        address.Should().Be("unix:");
        diagnostics.Problems.Should().Equal(
            "command line: address: the path of the socket is missing after 'unix:'; write it as in unix:/run/meeseeks/box.sock");
    }

    [Fact]
    public void A_missing_setting_is_null()
    {
        var diagnostics = new ConfigDiagnostics();

        SectionReader.Root(ConfigTree.Read([], diagnostics), diagnostics).Address().Should().BeNull();
        diagnostics.Problems.Should().BeEmpty();
    }
}
