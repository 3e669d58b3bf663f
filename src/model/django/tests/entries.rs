//! `manage.py` and `urls.py`.

use super::super::urls::{StaticKind, StaticTarget, static_routes};
use crate::source::{MemoryFiles, Sources};
use crate::syntax::python::Module;

fn read(text: &str) -> Module {
    let files = MemoryFiles::new();
    Module::read(&Sources::new(&files).add("x.py", text))
}

#[test]
fn routes_that_serve_files() {
    use StaticKind::*;
    use StaticTarget::*;
    for (text, expected) in [
        (
            "urlpatterns = [path('a', b)] + static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)",
            &[(StaticHelper, MediaUrl, false)][..],
        ),
        (
            "if settings.DEBUG:\n  urlpatterns += static(settings.STATIC_URL, document_root=x)",
            &[(StaticHelper, StaticUrl, true)],
        ),
        (
            "urlpatterns += static('/static/')\nurlpatterns += staticfiles_urlpatterns()",
            &[(StaticHelper, StaticUrl, false), (StaticfilesUrlpatterns, StaticUrl, false)],
        ),
        (
            "urlpatterns = [re_path(r'^media/(?P<path>.*)$', serve, {'document_root': settings.MEDIA_ROOT}), url('^x', views.static.serve)]",
            &[(ServeView, MediaUrl, false), (ServeView, Other, false)],
        ),
        (
            "if not settings.DEBUG:\n  a = []\nelse:\n  urlpatterns.extend(static(settings.MEDIA_URL))",
            &[(StaticHelper, MediaUrl, true)],
        ),
        ("path('docs/', views.serve_doc)", &[]),
    ] {
        let found: Vec<_> =
            static_routes(&read(text)).iter().map(|r| (r.kind, r.target, r.debug_only)).collect();
        assert_eq!(found, expected, "{text}");
    }
}
