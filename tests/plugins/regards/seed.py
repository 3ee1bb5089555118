"""The four boards of the Interlabos of 26 January 2018, reworded: what peers wrote of each lab."""

from __future__ import annotations

OCCASION = "Interlabos du 26 janvier 2018"

# reviewed → (reviewed by, its three lenses)
BOARDS = {
    "Labo de Dunkerque": (
        "Labo de Paris",
        {
            "inspiring": (
                "Un labo éphémère à chaque séance : de quoi régler les sujets de gestion sans s’y installer\n"
                "Ne pas être tenu au résultat, le dire et l’assumer\n"
                "Soigner les livrables, même quand le projet s’arrête en route\n"
                "Prendre un grand sujet, la participation citoyenne par exemple, sans en faire un projet"
            ),
            "risky": (
                "Séparer ceux qui décident du cap et ceux qui font\n"
                "Un portage politique qui flotte, et des commandes qui tombent hors sol"
            ),
            "question": "Où trouver des ambassadeurs, et quelle place leur faire dans le futur labo ?",
        },
    ),
    "Labo de Paris": (
        "Labo de l’Occitanie",
        {
            "inspiring": (
                "Chaque année, quelques journées du labo au vert\n"
                "Dire en jours de travail ce que coûte chaque intervention ; reste à dire combien de personnes"
            ),
            "risky": (
                "Des copils devenus une institution : comment les bousculer ? En les inversant ?\n"
                "Le formalisme, à force de vouloir tout cadrer"
            ),
            "question": "Comment montrer dès le début ce qui pourra changer, pour que cela reste vrai ensuite ?",
        },
    ),
    "Labo de l’Occitanie": (
        "Labo de Mulhouse",
        {
            "inspiring": (
                "Repérer chez les ambassadeurs les rôles, les passions, les talents\n"
                "Une zone franche, et une place gardée à l’inattendu"
            ),
            "risky": "Trois ans de projets déjà choisis : quelle agilité reste-t-il, et voit-on assez loin ?",
            "question": "Comment donner envie de prendre des risques aussi hors de la zone franche ?",
        },
    ),
    "Labo de Mulhouse": (
        "Labo de Dunkerque",
        {
            "inspiring": (
                "Une charte à trois : l’ambassadeur, son chef, le labo\n"
                "Un labo déjà mûr, dont le « plan d’usages » dit clairement les méthodes\n"
                "Avoir d’abord cherché qui, dans la maison, fait déjà une part du travail"
            ),
            "risky": "La place que tiennent les résidents : un trou d’air quand ils partiront",
            "question": "Qui portera le labo quand la nouvelle direction arrivera, en mars ?",
        },
    ),
}
