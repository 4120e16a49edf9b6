using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Cluster;
using MeeseeksBox.Testing;
using MeeseeksBox.Testing.Certificates;

namespace MeeseeksBox.EndToEnd.Tls;

/// <summary>Mutual verification of a head and a node, with the messages of a failure (docs/SPECIFICATION.md#verification).</summary>
public sealed class LinkTests(LinkTests.HeadWithLinks fixture) : IClassFixture<LinkTests.HeadWithLinks>
{
    private const string NoCertificate = "the client sent no certificate, but one is required";
    private const string NotTrusted = "the certificate 'CN=head' of the client is not trusted";
    private const string Closed = "the client closed the connection right after the handshake";
    private const string Plain = "it speaks plain text, and this port speaks TLS";
    private const string Encrypted = "it speaks TLS, and this port speaks plain text";

    private static readonly string[] Reasons = [NoCertificate, NotTrusted, Closed, Plain, Encrypted];

    [Fact]
    public async Task A_head_and_a_node_that_trust_each_other_share_jobs()
    {
        var job = await fixture.Head.RunAsync(new { pool = "p", node = "good", args = Some.True });

        job.Text("state").Should().Be("done");
        job.Text("node").Should().Be("good");
        fixture.Head.Log.Has("WARNING head.Link.good").Should().BeFalse();

        // The link other-host leads to the same node.
        fixture.Good.Log.Lines.Where(line => line.StartsWith("WARNING")).Should().OnlyContain(line => line.Contains(Closed));
    }

    [Fact]
    public Task A_head_without_a_certificate_is_rejected() =>
        RejectedAsync("no-certificate", NoCertificate, fixture.Strict, NoCertificate);

    [Fact]
    public Task A_head_with_a_certificate_of_another_authority_is_rejected() =>
        RejectedAsync("other-authority", NotTrusted, fixture.Strict, NotTrusted);

    [Fact]
    public Task A_node_that_the_head_does_not_trust_receives_nothing() =>
        RejectedAsync("not-trusted", "is not trusted", fixture.Strict, Closed);

    [Fact]
    public Task A_node_with_a_certificate_of_another_host_receives_nothing() =>
        RejectedAsync("other-host", "127.0.0.2", fixture.Good, Closed);

    [Fact]
    public Task A_plain_text_head_receives_the_error_of_a_TLS_node() =>
        RejectedAsync("plain-text", "this port speaks TLS", fixture.Strict, Plain);

    [Fact]
    public Task A_TLS_head_receives_the_error_of_a_plain_text_node() =>
        RejectedAsync("tls", "TLS", fixture.Plain, Encrypted);

    // Each end logs one line, and other connections are not affected.
    private async Task RejectedAsync(string link, string atHead, RunningBox node, string atNode)
    {
        var head = fixture.Head;
        await node.WaitForLogAsync(atNode, times: 3);
        await head.WaitForLogAsync($"WARNING head.Link.{link}: ");

        head.Log.Lines.Should().ContainSingle(line => line.StartsWith($"WARNING head.Link.{link}: "))
            .Which.Should().StartWith($"WARNING head.Link.{link}: down: ").And.Contain(atHead);
        node.Log.Lines.Should().ContainSingle(line => line.StartsWith("WARNING") && line.Contains(atNode))
            .Which.Should().Match($"WARNING *.Listener: client 127.0.0.1:* rejected: {atNode}*");
        node.Log.Lines.Where(line => line.StartsWith("WARNING")).Should().OnlyContain(line => Reasons.Any(line.Contains));
        node.Log.Lines.Where(line => line.StartsWith("DEBUG") && line.Contains(atNode)).Should().HaveCountGreaterThan(1);
        (await head.RunAsync(new { pool = "p", node = "good", args = Some.True })).Text("state").Should().Be("done");
    }

    /// <summary>A head with a link for each case, to two nodes with TLS and one without.</summary>
    /// <remarks>A node logs a rejection once for each host and reason, so the links to a node differ in their reasons.</remarks>
    public sealed class HeadWithLinks : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();
        private readonly TestAuthority _authority = new();
        private readonly TestAuthority _other = new("Other CA");
        private readonly Tree _tree = new();

        /// <summary>The head.</summary>
        public RunningBox Head { get; private set; } = null!;

        /// <summary>The node with which a good link shares jobs.</summary>
        public RunningBox Good { get; private set; } = null!;

        /// <summary>A node with TLS that has bad links only.</summary>
        public RunningBox Strict { get; private set; } = null!;

        /// <summary>A node without TLS.</summary>
        public RunningBox Plain { get; private set; } = null!;

        /// <inheritdoc/>
        public async ValueTask InitializeAsync()
        {
            var (trusted, other) = (_folder.Write("ca.pem", _authority.Pem), _folder.Write("other.pem", _other.Pem));
            var certificate = _folder.Write("head.pem", _authority.Sign("head").Together);
            var foreign = _folder.Write("foreign.pem", _other.Sign("head").Together);
            Good = await StartNodeAsync("good");
            Strict = await StartNodeAsync("strict");
            Plain = await _tree.StartAsync("plain", "pools.p=", "logging.level=DEBUG");
            Head = await _tree.StartAsync(
                "head",
                [
                    .. Link("good", Good, trusted, certificate),
                    .. Link("no-certificate", Strict, trusted),
                    .. Link("other-authority", Strict, trusted, foreign),
                    .. Link("not-trusted", Strict, other, certificate),
                    .. Link("other-host", Good, trusted, certificate, "127.0.0.2"),
                    .. Link("tls", Plain, trusted, certificate),
                    Tree.Link("plain-text", Strict.Port),
                ]);
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            await _tree.DisposeAsync();
            _authority.Dispose();
            _other.Dispose();
            _folder.Dispose();
        }

        private Task<RunningBox> StartNodeAsync(string name)
        {
            var certificate = _folder.Write($"{name}.pem", _authority.Sign("node").Together);
            return _tree.StartAsync(
                name, "pools.p=", "logging.level=DEBUG", $"listen.ssl.cert={certificate}", $"listen.ssl.cafile={_folder.File("ca.pem")}",
                "listen.ssl.verify=2", "listen.address=0.0.0.0", "listen.port=0");
        }

        private static string[] Link(
            string name, RunningBox node, string authority, string? certificate = null, string address = "127.0.0.1")
        {
            string[] words = [$"nodes.{name}.address={address}", $"nodes.{name}.port={node.Port}", $"nodes.{name}.ssl.cafile={authority}"];
            return certificate is null ? words : [.. words, $"nodes.{name}.ssl.cert={certificate}"];
        }
    }
}
