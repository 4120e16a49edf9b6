namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>A box that listens on all addresses, with limits for the size and depth of a line.</summary>
public sealed class BoxWithLimits() : BoxFixture("listen.address=*", "listen.max_depth=5", "listen.max_request=100");
