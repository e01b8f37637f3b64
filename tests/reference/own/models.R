# Own cases for tests and models on our own two waves of villages (own_waves, see distribution.R):
# what R's survey package gives for tables, t and rank tests, regressions, margins, ordered answers,
# agreement, reliability, and programs that put them together.
#   Rscript tests/reference/own/models.R      (from the root of the clone; needs survey, jsonlite)
# Made with survey 4.1.1. A case is kept only where that function is the same in 4.5.
suppressMessages({library(survey); library(jsonlite)})
here <- "tests/reference"
own_waves <- read.csv(file.path(here, "data/own_waves.csv"), stringsAsFactors = TRUE)

plain <- list(ids = I("village"), strata = I("stratum"), weights = "weight")
call <- "des <- svydesign(id=~village, strata=~stratum, weights=~weight, data=own_waves)"
with_steps <- function(...) c(plain, list(steps = list(...)))
wave2 <- with_steps(list(op = "subset", where = list(list(var = "wave", op = "==", value = 2))))
calls2 <- c(call, "des <- subset(des, wave == 2)")
jkn <- with_steps(list(op = "as_replicate", type = "JKn", mse = TRUE))
callsj <- c(call, "des <- as.svrepdesign(des, type=\"JKn\", compress=FALSE, mse=TRUE)")
known <- list(list(op = "postStratify", by = I("sex"), totals = list(sex = c("f", "m"), Freq = c(9000, 7000))))
callsp <- c(call, "des <- postStratify(des, ~sex, data.frame(sex=c(\"f\",\"m\"), Freq=c(9000,7000)))")

write_case <- function(name, design, estimator, args, calls, expected_of, rel = 1e-8, abs = 1e-9) {
  env <- globalenv()  # where svyolr looks for its design again
  for (line in calls) made <- suppressWarnings(eval(parse(text = line), env))
  case <- list(name = name, dataset = "own_waves", design = design, estimator = estimator, args = args,
    expected = expected_of(made, env$des), tolerance = list(rel = rel, abs = abs), r_call = I(calls), parity = "match",
    note = "own data; expected numbers by tests/reference/own/models.R")
  writeLines(toJSON(case, auto_unbox = TRUE, digits = NA, na = "string", null = "null", pretty = TRUE),
    file.path(here, "own", paste0(name, ".json")))
}
test_of <- function(t, des) list(statistic = as.numeric(t$statistic), parameter = I(as.numeric(t$parameter)), p_value = as.numeric(t$p.value))
t_of <- function(t, des) c(test_of(t), list(estimate = I(as.numeric(t$estimate)), conf_int = I(as.numeric(t$conf.int))))
rank_of <- function(t, des) c(test_of(t), if (length(t$estimate)) list(estimate = I(as.numeric(t$estimate))))
glm_of <- function(m, des) {
  s <- summary(m)$coefficients
  list(terms = I(rownames(s)), estimate = I(unname(s[, 1])), se = I(unname(s[, 2])), t = I(unname(s[, 3])), p_value = I(unname(s[, 4])),
    df_residual = m$df.residual, vcov = unname(vcov(m)))
}
as_listed <- function(x, des) lapply(x, function(v) if (length(v) > 1) I(unname(v)) else unname(v))

for (kind in c("F", "Chisq", "adjWald")) for (which in c("wave2", "jkn", "known")) {
  design <- list(wave2 = wave2, jkn = jkn, known = c(plain, list(steps = known)))[[which]]
  calls <- list(wave2 = calls2, jkn = callsj, known = callsp)[[which]]
  write_case(paste0("own_chisq_", which, "_", kind), design, "chisq", list(row = "age", col = "score", statistic = kind),
    c(calls, sprintf("svychisq(~age+score, des, statistic=\"%s\")", kind)), test_of)
}
write_case("own_ttest_paired", plain, "ttest", list(formula = "I(wait-20)~0"), c(call, "svyttest(I(wait-20)~0, des)"), t_of)
write_case("own_ttest_wave2_missing", wave2, "ttest", list(formula = "score~sex"), c(calls2, "svyttest(score~sex, des)"), t_of)
for (test in c("wilcoxon", "vanderWaerden", "median"))
  write_case(paste0("own_ranktest_", test), if (test == "median") jkn else wave2, "ranktest", list(formula = "wait~sex", test = test),
    c(if (test == "median") callsj else calls2, sprintf("svyranktest(wait~sex, des, test=\"%s\")", test)), rank_of)
write_case("own_ranktest_groups", plain, "ranktest", list(formula = "score~age", test = "KruskalWallis"),
  c(call, "svyranktest(score~age, des, test=\"KruskalWallis\")"), rank_of)
write_case("own_glm_interaction", plain, "glm", list(formula = "score~age*sex+log(wait)", family = "gaussian()"),
  c(call, "svyglm(score~age*sex+log(wait), des, family=gaussian())"), glm_of)
write_case("own_glm_binomial_jkn", jkn, "glm", list(formula = "online~age+factor(wave)", family = "quasibinomial()"),
  c(callsj, "svyglm(online~age+factor(wave), des, family=quasibinomial())"), glm_of, rel = 1e-6, abs = 1e-8)
write_case("own_glm_probit_known", c(plain, list(steps = known)), "glm",
  list(formula = "online~0+age+I(wait/10)", family = "quasibinomial(link=\"probit\")"),
  c(callsp, "svyglm(online~0+age+I(wait/10), des, family=quasibinomial(link=\"probit\"))"), glm_of, rel = 1e-6, abs = 1e-8)
write_case("own_glm_poisson_wave2", wave2, "glm", list(formula = "score~sex+offset(log(wait))", family = "quasipoisson()"),
  c(calls2, "svyglm(score~sex+offset(log(wait)), des, family=quasipoisson())"), glm_of, rel = 1e-6, abs = 1e-8)
programs <- list(
  own_terms = "{m <- svyglm(online~age*sex+wait, des, family=quasibinomial()); a <- regTermTest(m, ~age:sex); b <- regTermTest(m, ~wait, df=Inf); w <- regTermTest(m, ~age+sex+age:sex, method=\"WorkingWald\"); l <- regTermTest(m, ~age:sex, method=\"LRT\"); list(f=as.numeric(a$Ftest), p=as.numeric(a$p), chisq=as.numeric(b$chisq), p_chisq=as.numeric(b$p), p_working=as.numeric(w$p), lrt=as.numeric(l$chisq), p_lrt=as.numeric(l$p), r2=as.numeric(psrsq(m)), nagelkerke=as.numeric(psrsq(m, \"Nagelkerke\")))}",
  own_margins = "{m <- svyglm(online~age+wait, des, family=quasibinomial()); p <- svypredmeans(m, ~stratum); d <- svycontrast(p, c(1,-1,0,0)); list(terms=I(names(coef(p))), margin=I(as.numeric(coef(p))), se=I(as.numeric(SE(p))), gap=as.numeric(coef(d)), gap_se=as.numeric(SE(d)))}",
  own_predictions = "{m <- svyglm(score~age+sex, des); p <- predict(m, newdata=data.frame(age=c(\"18-34\",\"60+\"), sex=c(\"f\",\"m\"))); ci <- confint(m, level=0.9); list(fit=I(as.numeric(coef(p))), se=I(as.numeric(SE(p))), lower=I(as.numeric(ci[,1])))}",
  own_ordinal = "{des <- update(des, s=factor(score)); m <- svyolr(s~age+sex, des); t <- regTermTest(m, ~age); list(terms=I(names(coef(m))), estimate=I(as.numeric(coef(m))), se=I(as.numeric(SE(m))), f=as.numeric(t$Ftest))}",
  own_agreement = "{des <- update(des, a=factor(wait>=20), b=factor(online==1)); k <- svykappa(~a+b, des); list(kappa=as.numeric(coef(k)), se=as.numeric(SE(k)), alpha=as.numeric(svycralpha(~score+online+wait, des, na.rm=TRUE)))}",
  own_waves_net = "{des <- subset(update(des, net=(score>=4)-(score<=2)), !is.na(score)); b <- svyby(~net+online, ~wave, des, svymean, covmat=TRUE); k <- svycontrast(b, list(net=c(-1,1,0,0), online=c(0,0,-1,1))); p <- 2*pt(-abs(coef(k)/SE(k)), degf(des)); list(change=I(as.numeric(coef(k))), se=I(as.numeric(SE(k))), holm=I(as.numeric(p.adjust(p, \"holm\"))))}",
  own_shares_fit = "{g <- svygofchisq(~age, p=c(0.4,0.35,0.25), des); list(statistic=as.numeric(g$statistic), parameter=I(as.numeric(g$parameter)), p=as.numeric(g$p.value))}")
loose <- c("own_terms", "own_margins", "own_ordinal")
for (name in names(programs)) write_case(name, plain, "rcode", list(code = programs[[name]]), c(call, programs[[name]]), as_listed,
  rel = if (name == "own_ordinal") 1e-4 else if (name %in% loose) 1e-6 else 1e-8, abs = if (name == "own_ordinal") 1e-5 else 1e-8)
