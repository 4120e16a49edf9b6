using MeeseeksBox.EndToEnd.Tls;

namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>The test classes that share boxes. Their tests run in parallel, like those of other classes.</summary>
[CollectionDefinition]
public sealed class SharedBoxes : ICollectionFixture<SharedBox>, ICollectionFixture<BoxWithLimits>, ICollectionFixture<TlsBoxes>;
