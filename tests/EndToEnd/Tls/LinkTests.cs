using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Cluster;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Tls;

/// <summary>Mutual verification of a head and a node, with the messages of a failure (docs/SPECIFICATION.md#verification).</summary>
public sealed class LinkTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("Other CA");
    private readonly Tree _tree = new();

    [Fact]
    public async Task A_head_and_a_node_that_trust_each_other_share_jobs()
    {
        var node = await StartNodeAsync();
        var head = await StartHeadAsync(node, _authority, _authority.Sign("head"));

        var job = await head.RunAsync(new { pool = "p", args = Some.True });

        job.Text("state").Should().Be("done");
        job.Text("node").Should().Be("node");
        head.Log.Count("WARNING").Should().Be(0);
        node.Log.Count("WARNING").Should().Be(0);
    }

    [Fact]
    public async Task A_head_without_a_certificate_is_rejected()
    {
        var node = await StartNodeAsync();

        await RefusedAsync(
            await StartHeadAsync(node, _authority),
            "the client sent no certificate, but one is required",
            node,
            "the client sent no certificate, but one is required");
    }

    [Fact]
    public async Task A_head_with_a_certificate_of_another_authority_is_rejected()
    {
        var node = await StartNodeAsync();

        await RefusedAsync(
            await StartHeadAsync(node, _authority, _other.Sign("head")),
            "the certificate 'CN=head' of the client is not trusted",
            node,
            "the certificate 'CN=head' of the client is not trusted");
    }

    [Fact]
    public async Task A_node_that_the_head_does_not_trust_receives_nothing()
    {
        var node = await StartNodeAsync();

        await RefusedAsync(
            await StartHeadAsync(node, _other, _authority.Sign("head")),
            "is not trusted",
            node,
            "the client closed the connection right after the handshake");
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_another_host_receives_nothing()
    {
        var node = await StartNodeAsync();

        await RefusedAsync(
            await StartHeadAsync(node, _authority, _authority.Sign("head"), address: "127.0.0.2"),
            "127.0.0.2",
            node,
            "the client closed the connection right after the handshake");
    }

    [Fact]
    public async Task A_plain_text_head_receives_the_error_of_a_TLS_node()
    {
        var node = await StartNodeAsync();

        await RefusedAsync(
            await _tree.StartAsync("head", "pools.here=", Tree.Link("node", node.Port)),
            "this port speaks TLS",
            node,
            "it speaks plain text, and this port speaks TLS");
    }

    [Fact]
    public async Task A_TLS_head_receives_the_error_of_a_plain_text_node()
    {
        var node = await _tree.StartAsync("node", "pools.p=", "logging.level=DEBUG");

        await RefusedAsync(
            await StartHeadAsync(node, _authority, _authority.Sign("head")),
            "TLS",
            node,
            "it speaks TLS, and this port speaks plain text");
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tree.DisposeAsync();
        _authority.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    private Task<RunningBox> StartNodeAsync()
    {
        var certificate = _folder.Write("node.pem", _authority.Sign("node").Together);
        var authority = _folder.Write("ca.pem", _authority.Pem);
        return _tree.StartAsync(
            "node", "pools.p=", "logging.level=DEBUG", $"listen.ssl.cert={certificate}", $"listen.ssl.cafile={authority}",
            "listen.ssl.verify=2", "listen.address=0.0.0.0", "listen.port=0");
    }

    private Task<RunningBox> StartHeadAsync(
        RunningBox node, TestAuthority trusted, TestCertificate? certificate = null, string address = "127.0.0.1")
    {
        var authority = _folder.Write("trusted.pem", trusted.Pem);
        List<string> words =
            ["pools.here=", $"nodes.node.address={address}", $"nodes.node.port={node.Port}", $"nodes.node.ssl.cafile={authority}"];
        if (certificate is not null)
            words.Add($"nodes.node.ssl.cert={_folder.Write("head.pem", certificate.Together)}");
        return _tree.StartAsync("head", [.. words]);
    }

    // Each end logs one line, and other connections are not affected.
    private static async Task RefusedAsync(RunningBox head, string atHead, RunningBox node, string atNode)
    {
        await node.WaitForLogAsync(atNode, times: 3);
        await head.WaitForLogAsync(atHead);

        head.Log.Lines.Should().ContainSingle(line => line.StartsWith("WARNING"))
            .Which.Should().StartWith("WARNING head.Link.node: down: ").And.Contain(atHead);
        node.Log.Lines.Should().ContainSingle(line => line.StartsWith("WARNING"))
            .Which.Should().Match($"WARNING node.Listener: client 127.0.0.1:* rejected: {atNode}*");
        node.Log.Lines.Where(line => line.StartsWith("DEBUG") && line.Contains(atNode)).Should().HaveCountGreaterThan(1);
        (await head.RunAsync(new { pool = "here", args = Some.True })).Text("state").Should().Be("done");
    }
}
