// The audio worklet of an exported page, whose text is in the page. Pages from disk may not load blobs as modules.

export default `data:text/javascript,${encodeURIComponent(document.getElementById("worklet")!.textContent)}`;
