using MeeseeksBox.Tls;

namespace MeeseeksBox.Agent.Listening;

/// <summary>Settings for new connections; existing ones keep theirs.</summary>
/// <param name="Limits">Limits for each client.</param>
/// <param name="Tls">Certificate and TLS settings; null for plain text.</param>
internal sealed record ListenSettings(ListenLimits Limits, TlsServer? Tls);
