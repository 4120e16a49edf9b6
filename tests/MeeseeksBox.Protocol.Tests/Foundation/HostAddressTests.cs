using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Protocol.Tests.Foundation;

/// <summary>Addresses with a port or brackets (docs/SPECIFICATION.md#addresses).</summary>
public sealed class HostAddressTests
{
    [Theory]
    [InlineData("head1", "head1", null)]
    [InlineData("head1:13700", "head1", 13700)]
    [InlineData("127.0.0.1:1", "127.0.0.1", 1)]
    [InlineData("::1", "::1", null)]
    [InlineData("[::1]", "::1", null)]
    [InlineData("[::1]:65535", "::1", 65535)]
    [InlineData("fe80::1%lo", "fe80::1%lo", null)]
    [InlineData("unix:/run/a:b", "unix:/run/a:b", null)]
    public void An_address_may_have_brackets_and_a_port(string text, string host, int? port) =>
        HostAddress.Parse(text).Value.Should().Be(new HostAddress(host, port));

    [Theory]
    [InlineData("head1:", "'' after the colon is not a port from 1 to 65535")]
    [InlineData("head1:0", "'0' after the colon is not a port from 1 to 65535")]
    [InlineData("[::1]:65536", "'65536' after the colon is not a port from 1 to 65535")]
    [InlineData("http://head1", "'//head1' after the colon is not a port from 1 to 65535")]
    [InlineData("[127.0.0.1]:1", "'[127.0.0.1]:1' is not an IPv6 address in brackets; write [::1], or [::1]:13700 with a port")]
    [InlineData("[::1", "'[::1' is not an IPv6 address in brackets; write [::1], or [::1]:13700 with a port")]
    [InlineData("[::1]1", "'[::1]1' is not an IPv6 address in brackets; write [::1], or [::1]:13700 with a port")]
    [InlineData("a:b:c", "'a:b:c' is not an address; write HOST or HOST:PORT, and an IPv6 address with a port as [::1]:13700")]
    [InlineData(":1", "':1' is not an address; write HOST or HOST:PORT, and an IPv6 address with a port as [::1]:13700")]
    public void A_wrong_address_is_explained(string text, string fault) => HostAddress.Parse(text).Problem.Should().Be(fault);

    [Theory]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[::1]:13700", "[::1]:13700")]
    [InlineData("[fe80::1%eth0]:1", "[fe80::1%eth0]:1")]
    public void A_word_may_be_an_address_in_brackets(string value, string text)
    {
        var diagnostics = new ConfigDiagnostics();

        var tree = ConfigTree.Read([$"address={value}"], diagnostics);

        diagnostics.Problems.Should().BeEmpty();
        SectionReader.Root(tree, diagnostics).Text("address").Should().Be(text);
    }

    [Fact]
    public void Several_addresses_in_brackets_are_a_list()
    {
        var diagnostics = new ConfigDiagnostics();

        var tree = ConfigTree.Read(["address=[::1],[::2],a", "list=[1,\"::\"]"], diagnostics);

        SectionReader.Root(tree, diagnostics).Strings("address").Should().Be("[::1],[::2],a");
        SectionReader.Root(tree, diagnostics).Strings("list").Should().Be("1,::");
    }
}
